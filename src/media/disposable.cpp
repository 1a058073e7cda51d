#include "media/disposable.hpp"

#include <optional>

namespace notify {

namespace {

using Bytes = std::span<const std::uint8_t>;

/// Calls `visit` with each NAL unit until it returns a value. `length_bytes` 0: Annex B start codes.
template <class Visit>
std::optional<bool> VisitNals(Bytes data, int length_bytes, Visit&& visit) {
    std::size_t at = 0;
    while (at + 4 < data.size()) {
        if (length_bytes > 0) {
            std::size_t length = 0;
            for (int i = 0; i < length_bytes; ++i) {
                length = length << 8U | data[at + static_cast<std::size_t>(i)];
            }
            at += static_cast<std::size_t>(length_bytes);
            if (at >= data.size()) {
                return std::nullopt;
            }
            if (const auto found = visit(data.subspan(at))) {
                return found;
            }
            at += length;
        } else if (data[at] == 0 && data[at + 1] == 0 && data[at + 2] == 1) {
            if (const auto found = visit(data.subspan(at + 3))) {
                return found;
            }
            at += 3;
        } else {
            ++at;
        }
    }
    return std::nullopt;
}

std::optional<bool> H264(Bytes nal) noexcept {
    const int type = nal[0] & 0x1F;
    return type == 1 || type == 5 ? std::optional((nal[0] & 0x60) == 0) : std::nullopt;
}

std::optional<bool> Hevc(Bytes nal) noexcept {
    const int type = nal[0] >> 1 & 0x3F;
    const bool lowest_layer = nal.size() > 1 && (nal[1] & 7) == 1;
    // a non-reference picture of a sub-layer: with the lowest temporal id it could still be referred to by
    // none
    return type <= 31 ? std::optional(type < 16 && type % 2 == 0 && !lowest_layer) : std::nullopt;
}

std::optional<bool> Mpeg2(Bytes unit) noexcept {
    return unit[0] == 0 && unit.size() > 2 ? std::optional((unit[2] >> 3 & 7) == 3) : std::nullopt;
}

/// Bytes of a NAL's length in the packets, from the decoder configuration; 0 when they have start codes.
int NalLengthBytes(const AVCodecParameters& codec) noexcept {
    const bool hevc = codec.codec_id == AV_CODEC_ID_HEVC;
    const int at = hevc ? 21 : 4;
    if (codec.extradata_size <= at || codec.extradata[0] != 1) {
        return 0;
    }
    return (codec.extradata[at] & 3) + 1;
}

}  // namespace

bool IsDisposable(const AVPacket& packet, const AVCodecParameters& codec) noexcept {
    if ((packet.flags & AV_PKT_FLAG_DISPOSABLE) != 0) {
        return true;
    }
    const Bytes data(packet.data, static_cast<std::size_t>(packet.size > 0 ? packet.size : 0));
    switch (static_cast<int>(codec.codec_id)) {
        case AV_CODEC_ID_H264:
            return VisitNals(data, NalLengthBytes(codec), H264).value_or(false);
        case AV_CODEC_ID_HEVC:
            return VisitNals(data, NalLengthBytes(codec), Hevc).value_or(false);
        case AV_CODEC_ID_MPEG1VIDEO:
        case AV_CODEC_ID_MPEG2VIDEO:
            return VisitNals(data, 0, Mpeg2).value_or(false);
        default:
            return false;
    }
}

}  // namespace notify
