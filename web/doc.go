// Package web is the browser part of Loa: a React app (src) that Vite builds into dist, and the handler that serves dist from inside the binary.
//
// Go builds without npm: dist/.keep is checked in, and while dist holds nothing else the handler answers with a page that says how to build the app.
package web
