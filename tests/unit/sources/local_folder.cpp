#include "unit/sources/local_folder.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>

#include <sys/fsuid.h>
#include <sys/stat.h>

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

void LocalFolder::AsNobody(const std::function<void()>& what) {
    // of this thread only: with another file system user id root's rights over files are gone too
    std::thread([&] {
        ::setfsuid(65534);
        what();
    }).join();
}

}  // namespace notify::testing
