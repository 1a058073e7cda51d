#pragma once

// What became of a message, as routes show it.

#include <optional>

#include "http/views_messages.hpp"
#include "queue/messages/message_intake.hpp"

namespace notify {

[[nodiscard]] inline view::MessageTaken ShownTaken(const MessageOutcome& outcome) {
    return {
        .added = outcome.fresh,
        .known = outcome.known,
        .ignored = outcome.ignored.empty() ? std::nullopt : std::optional(outcome.ignored),
        .sentence = outcome.sentence
    };
}

}  // namespace notify
