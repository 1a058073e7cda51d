#include "unit/delivery/verifier.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include <fmt/format.h>
#include <unistd.h>

#include "core/base64.hpp"
#include "core/json.hpp"

namespace notify::testing {

std::vector<bool> Accepted(const std::vector<SignedMessage>& messages, Reference reference) {
    const auto path = std::filesystem::temp_directory_path() / fmt::format("signed-{}.jsonl", ::getpid());
    {
        std::ofstream file(path);
        for (const auto& message : messages) {
            boost::json::object headers;
            for (const auto& [name, value] : message.headers) {
                headers[name] = value;
            }
            file << ToJsonText(
                        boost::json::object{
                            {"secret", message.secret}, {"headers", headers}, {"body", ToBase64(message.body)}
                        }
                    )
                 << '\n';
        }
    }
    const auto judge = reference == Reference::kPython
                           ? fmt::format("'{}' '{}/verify.py'", NOTIFY_PYTHON, NOTIFY_TEST_FOLDER)
                           : fmt::format("node '{}/verify.mjs' '{}'", NOTIFY_TEST_FOLDER, NOTIFY_WEB);
    const auto command = fmt::format("{} < '{}'", judge, path.string());
    const std::unique_ptr<FILE, int (*)(FILE*)> output(::popen(command.c_str(), "r"), &::pclose);
    std::vector<bool> accepted;
    std::array<char, 64> line{};
    while (std::fgets(line.data(), static_cast<int>(line.size()), output.get()) != nullptr) {
        accepted.push_back(std::string_view(line.data()) == "accepted\n");
    }
    std::filesystem::remove(path);
    return accepted;
}

}  // namespace notify::testing
