#include "servers/child_server.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/file.hpp"

namespace notify::testing {

ChildServer::ChildServer(std::vector<std::string> command) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error("no pipes");
    }
    input_ = UniqueFd(in[1]);
    answers_ = UniqueFd(out[0]);
    const UniqueFd child_in(in[0]);
    UniqueFd child_out(out[1]);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, child_in.Get(), 0);
    posix_spawn_file_actions_adddup2(&actions, child_out.Get(), 1);
    std::vector<char*> arguments;
    for (auto& word : command) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const int failed =
        ::posix_spawn(&child_, command.at(0).c_str(), &actions, nullptr, arguments.data(), ::environ);
    posix_spawn_file_actions_destroy(&actions);
    child_out.Reset();  // or the read below would wait for ever when the program ends without a word
    std::array<char, 16> line{};
    const auto got = failed == 0 ? ::read(answers_.Get(), line.data(), line.size()) : -1;
    std::from_chars(line.data(), line.data() + std::max<ssize_t>(got, 0), port_);
    if (port_ == 0) {
        throw std::runtime_error("no port from " + command.at(1));
    }
}

ChildServer::~ChildServer() {
    input_.Reset();
    ::waitpid(child_, nullptr, 0);
}

}  // namespace notify::testing
