#include "unit/sources/local_folder.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base64.hpp"
#include "core/random.hpp"

namespace notify::testing {

LocalFolder::LocalFolder()
    : base_(
          std::filesystem::canonical(std::filesystem::temp_directory_path()) /
          ("sources-" + ToHex(RandomBytes(8)))
      ),
      folder_(base_ / "bucket"),
      source_(base_ / "data", clock_) {
    std::filesystem::create_directories(folder_);
    std::filesystem::create_directories(base_ / "data");
    ::chmod(base_.c_str(), 0755);
    clock_.Advance(SystemClock().Now() - clock_.Now());
    bucket_.id = BucketId("bkt_1");
    bucket_.kind = "local";
    bucket_.location = folder_;
    bucket_.settle_time = std::chrono::milliseconds(0);
}

LocalFolder::~LocalFolder() {
    std::filesystem::remove_all(base_);
}

void LocalFolder::Write(const std::string& key, std::string_view bytes) {
    std::filesystem::create_directories((folder_ / key).parent_path());
    std::ofstream(folder_ / key, std::ios::binary | std::ios::trunc) << bytes;
}

void LocalFolder::Append(const std::string& key, std::string_view bytes) {
    std::ofstream(folder_ / key, std::ios::binary | std::ios::app) << bytes;
}

std::vector<FoundObject> LocalFolder::Scan() {
    std::vector<FoundObject> found;
    const auto add = [&](FoundObject object) -> Result<void> {
        found.push_back(std::move(object));
        return {};
    };
    report_ = source_.Scan({.bucket = bucket_, .start_after = {}}, add, {}).value();
    std::ranges::sort(found, {}, &FoundObject::key);
    return found;
}

std::vector<std::string> LocalFolder::ScanKeys() {
    std::vector<std::string> keys;
    for (const auto& object : Scan()) {
        keys.push_back(object.key);
    }
    return keys;
}

Item LocalFolder::ItemOf(const std::string& key) {
    const auto found = Scan();
    const auto object = std::ranges::find(found, key, &FoundObject::key);
    EXPECT_NE(object, found.end()) << key;
    Item item;
    item.key = key;
    item.version = object == found.end() ? "" : object->version;
    return item;
}

std::string LocalFolder::ReadBack(const std::string& key) const {
    std::stringstream text;
    text << std::ifstream(folder_ / key, std::ios::binary).rdbuf();
    return text.str();
}

std::vector<std::string> LocalFolder::Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
        names.push_back(entry.path().filename());
    }
    std::ranges::sort(names);
    return names;
}

void LocalFolder::WithModesOnly(const std::function<void()>& what) {
    // capabilities are a thread's own; without these two root is an owner as any other
    std::thread([&] {
        __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
        std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
        ASSERT_EQ(::syscall(SYS_capget, &header, sets.data()), 0);
        sets[0].effective &= ~((1U << CAP_DAC_OVERRIDE) | (1U << CAP_DAC_READ_SEARCH));
        ASSERT_EQ(::syscall(SYS_capset, &header, sets.data()), 0);
        what();
    }).join();
}

}  // namespace notify::testing
