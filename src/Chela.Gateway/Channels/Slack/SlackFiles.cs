using System.Globalization;
using Chela.Contracts.Messages;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Slack;

/// <summary>Fetches files that people send to bots. One that cannot be fetched is left out: what was said with it counts more.</summary>
internal sealed partial class SlackFiles(SlackApi api, ConfigStore config, ILogger<SlackFiles> logger)
{
    /// <summary>The most files of one message.</summary>
    private const int MaxFiles = 10;

    public async Task<IReadOnlyList<ChannelFile>> FetchAsync(SlackAccountConfig account, IReadOnlyList<SlackFile> files, CancellationToken ct)
    {
        var fetched = new List<ChannelFile>();
        foreach (var file in files.Take(MaxFiles))
        {
            if (await TryFetchAsync(account, file, ct) is { } content)
            {
                fetched.Add(new ChannelFile(file.Name, file.Mimetype, content));
            }
        }

        return fetched;
    }

    private async Task<byte[]?> TryFetchAsync(SlackAccountConfig account, SlackFile file, CancellationToken ct)
    {
        var most = config.Current.Config.Agents.Defaults.MediaMaxMb * 1024L * 1024L;
        try
        {
            if (file.Size > most)
            {
                throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"it has {file.Size} bytes, and {most} are allowed (agents.defaults.mediaMaxMb)"));
            }

            return (file.UrlPrivateDownload ?? file.UrlPrivate) is { } address ? await api.DownloadAsync(account, address, most, ct) : null;
        }
        catch (HttpRequestException e)
        {
            Log.NotFetched(logger, file.Name, e.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1762, LogLevel.Warning, "The file {Name} of Slack was left out: {Reason}")]
        public static partial void NotFetched(ILogger logger, string? name, string reason);
    }
}
