// Package zalooa carries messages of a Zalo Official Account to people who wrote to it or follow it, by their user ids.
package zalooa
