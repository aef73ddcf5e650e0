namespace Chela.Gateway.Access.Devices;

/// <summary>Whether a device still runs where it did when it was approved (02-handshake § 9).</summary>
internal static class DevicePlatform
{
    public static bool IsSame(PairedDevice device, PairingRequest request) =>
        Name(device.Platform) == Name(request.Platform)
        && (device.DeviceFamily is null || string.Equals(device.DeviceFamily.Trim(), request.DeviceFamily?.Trim(), StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// The platform without its version: <c>iOS 18.4</c> is <c>ios</c>, as an update makes no other device. Clients have several
    /// names for some.
    /// </summary>
    private static string? Name(string? platform) => platform?.Trim().ToLowerInvariant().Split(' ', 2)[0] switch
    {
        "darwin" or "macos" or "mac" => "macos",
        "win32" or "windows" => "windows",
        var other => other,
    };
}
