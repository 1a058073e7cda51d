#include "fakes/s3_server.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include <boost/json.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/http_client.hpp"
#include "core/url.hpp"

namespace notify::testing {

FakeS3::FakeS3(const std::string& pem) : tls_(!pem.empty()) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error("no pipes");
    }
    input_ = UniqueFd(in[1]);
    const UniqueFd answers(out[0]);
    const UniqueFd child_in(in[0]);
    UniqueFd child_out(out[1]);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, child_in.Get(), 0);
    posix_spawn_file_actions_adddup2(&actions, child_out.Get(), 1);
    std::string python = NOTIFY_PYTHON;
    std::string script = NOTIFY_FAKES "/s3.py";
    std::string port = "0";
    std::string certificate = pem;
    std::array<char*, 5> arguments{
        python.data(), script.data(), port.data(), pem.empty() ? nullptr : certificate.data(), nullptr
    };
    const int failed = ::posix_spawn(&child_, python.c_str(), &actions, nullptr, arguments.data(), ::environ);
    posix_spawn_file_actions_destroy(&actions);
    child_out.Reset();
    std::array<char, 16> line{};
    const auto got = failed == 0 ? ::read(answers.Get(), line.data(), line.size()) : -1;
    std::from_chars(line.data(), line.data() + std::max<ssize_t>(got, 0), port_);
    if (port_ == 0) {
        throw std::runtime_error("the fake S3 did not start");
    }
}

FakeS3::~FakeS3() {
    input_ = UniqueFd();  // it ends with its standard input
    ::waitpid(child_, nullptr, 0);
}

std::string FakeS3::Url() const {
    return fmt::format("{}://127.0.0.1:{}", tls_ ? "https" : "http", port_);
}

boost::json::object FakeS3::Control(std::string_view method, std::string_view body) const {
    const auto response = HttpClient().Send(
        {
            .method = std::string(method),
            .url = notify::Url::Parse(Url() + "/_control").value(),
            .body = std::string(body),
            .max_response_bytes = 1U << 20U,
        },
        {}
    );
    return boost::json::parse(response.value().body).as_object();
}

void FakeS3::Set(std::string_view json) const {
    static_cast<void>(Control("POST", json));
}

boost::json::object FakeS3::Seen() const {
    return Control("GET", {});
}

}  // namespace notify::testing
