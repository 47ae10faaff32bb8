// Package getresponse adds people to lists at GetResponse and keeps them up to date there (API v3).
//
// Sources: apidocs.getresponse.com/v3, "Adding contacts", "Contacts", "Errors", "Limits and throttling"; the official repositories GetResponse/sdk-php and GetResponse/public-api-agent-skills.
//
// A sync goes through these steps:
//
//  1. Create: POST /contacts. 409 (code 1008) means that the address is on the list already.
//  2. Then, or when the answer was lost, the contact is looked up on the list by its exact address.
//  3. Who is there is changed by calls that leave everything else alone; who is not may be created again, because a list holds an address once.
//
// A create is answered with 202 and an empty body: taken on, done within seconds to minutes, without an id. Any 2xx is therefore a success here.
package getresponse
