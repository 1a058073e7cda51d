#pragma once

// s3proxy 2.6.0, an S3 server of others, with one bucket "media" (tests/servers/s3proxy.py).

#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "servers/child_server.hpp"

namespace notify::testing {

class S3Proxy final {
public:
    /// False when script/bootstrap could not fetch it: its tests are skipped then.
    [[nodiscard]] static bool IsThere() { return std::filesystem::exists(NOTIFY_S3PROXY_JARS); }

    [[nodiscard]] std::string Url() const { return fmt::format("http://127.0.0.1:{}", server_.Port()); }

private:
    ChildServer server_{{NOTIFY_PYTHON, NOTIFY_SERVERS "/s3proxy.py", NOTIFY_S3PROXY_JARS}};
};

}  // namespace notify::testing
