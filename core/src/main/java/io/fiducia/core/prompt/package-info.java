/** What a person shows of a structure: the vocabulary of all promptable systems. */
package io.fiducia.core.prompt;
