#pragma once

// Which requests go through a proxy, and what it is called in a sentence.

#include <string>
#include <string_view>

namespace notify {

/// True for a host that is reached without the proxy: `no_proxy` as libcurl reads it, where a name stands for
/// what is below it too, and "*" alone for every host. `host` is a Url's: in lower case, without brackets.
[[nodiscard]] bool IsLeftOut(const std::string& host, std::string_view no_proxy);

/// Host, and port if one is given, of a proxy's URL: never its name and password. "" of "".
[[nodiscard]] std::string ProxyName(std::string_view url);

}  // namespace notify
