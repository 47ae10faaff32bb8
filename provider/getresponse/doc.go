// Package getresponse adds people to lists at GetResponse and keeps them up to date there (API v3).
//
// Sources: apidocs.getresponse.com/v3, "Adding contacts", "Contacts", "Errors", "Limits and throttling"; the official repositories GetResponse/sdk-php and GetResponse/public-api-agent-skills.
//
// A create is answered with 202 and an empty body: taken on, done within seconds to minutes, without an id. Any 2xx is therefore a success here.
package getresponse
