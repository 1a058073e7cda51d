#pragma once

// What a decoder that was taken over would try from inside its child.

#include <functional>
#include <map>
#include <string>

namespace notify {

/// By name. True: something was reached; else errno says why not, when the child lives on.
[[nodiscard]] const std::map<std::string, std::function<bool()>, std::less<>>& EscapeAttempts();

}  // namespace notify
