#include "domain/pause.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/clock.hpp"

namespace notify {

std::string_view ToString(PauseOf of) noexcept {
    return kPauseOfWords.at(static_cast<std::size_t>(of));
}

namespace {

std::string_view Paused(PauseOf of) {
    switch (of) {
        case PauseOf::kSource:
            return "its source";
        case PauseOf::kBucket:
            return "the bucket";
        case PauseOf::kNode:
            return "the node";
        case PauseOf::kEverything:
            break;
    }
    return "everything";
}

}  // namespace

std::string Sentence(const Pause& pause) {
    return fmt::format(
        "{} is paused since {} by {}{}: {}",
        Paused(pause.of),
        ToRfc3339(pause.since),
        pause.actor,
        pause.until ? ", until " + ToRfc3339(*pause.until) : std::string(),
        pause.reason
    );
}

}  // namespace notify
