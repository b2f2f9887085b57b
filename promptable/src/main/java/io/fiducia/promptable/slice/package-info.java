/** What a model that answers prompts in one picture is asked, and what it answers. */
package io.fiducia.promptable.slice;
