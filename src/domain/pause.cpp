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

std::string Sentence(const Pause& pause) {
    const auto* const what = pause.of == PauseOf::kSource ? "its source is"
                             : pause.of == PauseOf::kNode ? "the node is"
                                                          : "everything is";
    return fmt::format(
        "{} paused since {} by {}{}: {}",
        what,
        ToRfc3339(pause.since),
        pause.actor,
        pause.until ? ", until " + ToRfc3339(*pause.until) : std::string(),
        pause.reason
    );
}

}  // namespace notify
