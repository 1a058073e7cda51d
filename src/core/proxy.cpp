#include "core/proxy.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "core/ip_address.hpp"

namespace notify {

namespace {

/// Lower-case names, addresses and networks, without the dot that a name may begin with.
std::vector<std::string> EntriesOf(std::string_view no_proxy) {
    std::vector<std::string> entries(1);
    for (const char c : no_proxy) {
        if (c == ',' || c == ' ') {
            entries.emplace_back();
        } else if (c != '.' || !entries.back().empty()) {
            entries.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
    }
    return entries;
}

}  // namespace

bool IsLeftOut(const std::string& host, std::string_view no_proxy) {
    const auto address = IpAddress::Parse(host);
    return no_proxy == "*" || std::ranges::any_of(EntriesOf(no_proxy), [&](const std::string& entry) {
               if (address) {
                   const auto network = IpNetwork::Parse(entry);
                   return network && network->Contains(*address);
               }
               return !entry.empty() && (host == entry || host.ends_with("." + entry));
           });
}

std::string ProxyName(std::string_view url) {
    const auto scheme = url.find("://");
    url.remove_prefix(scheme == std::string_view::npos ? 0 : scheme + 3);
    url = url.substr(0, url.find_first_of("/?#"));
    const auto user = url.rfind('@');
    return std::string(user == std::string_view::npos ? url : url.substr(user + 1));
}

}  // namespace notify
