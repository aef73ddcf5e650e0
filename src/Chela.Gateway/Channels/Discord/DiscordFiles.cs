using System.Globalization;
using Chela.Contracts.Messages;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Discord;

/// <summary>Fetches files that people send to bots. One that cannot be fetched is left out: what was said with it counts more.</summary>
internal sealed partial class DiscordFiles(DiscordApi api, ConfigStore config, ILogger<DiscordFiles> logger)
{
    /// <summary>The most files of one message.</summary>
    private const int MaxFiles = 10;

    public async Task<IReadOnlyList<ChannelFile>> FetchAsync(DiscordAccountConfig account, IReadOnlyList<DiscordAttachment> files, CancellationToken ct)
    {
        var fetched = new List<ChannelFile>();
        foreach (var file in files.Take(MaxFiles))
        {
            if (await TryFetchAsync(account, file, ct) is { } content)
            {
                fetched.Add(new ChannelFile(file.Filename, file.ContentType, content));
            }
        }

        return fetched;
    }

    private async Task<byte[]?> TryFetchAsync(DiscordAccountConfig account, DiscordAttachment file, CancellationToken ct)
    {
        var most = config.Current.Config.Agents.Defaults.MediaMaxMb * 1024L * 1024L;
        try
        {
            if (file.Size > most)
            {
                throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"it has {file.Size} bytes, and {most} are allowed (agents.defaults.mediaMaxMb)"));
            }

            return Uri.TryCreate(file.Url, UriKind.Absolute, out var address) && DiscordAddress.IsSafe(account, address)
                ? await api.DownloadAsync(address, most, ct)
                : throw new HttpRequestException("it has no address that begins with https://");
        }
        catch (HttpRequestException e)
        {
            Log.NotFetched(logger, file.Filename ?? "without a name", e.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1753, LogLevel.Warning, "The file {Name} of Discord was left out: {Reason}")]
        public static partial void NotFetched(ILogger logger, string name, string reason);
    }
}

/// <summary>Addresses that Discord gives out.</summary>
internal static class DiscordAddress
{
    /// <summary>True for an encrypted one; where the API itself is not reached encrypted, for any.</summary>
    public static bool IsSafe(DiscordAccountConfig account, Uri address) => address.Scheme is "https" or "wss"
        || (address.Scheme is "http" or "ws" && account.ApiRoot?.StartsWith("http://", StringComparison.OrdinalIgnoreCase) is true);
}
