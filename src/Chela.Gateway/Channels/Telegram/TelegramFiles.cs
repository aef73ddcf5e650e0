using System.Globalization;
using Chela.Contracts.Messages;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Telegram;

/// <summary>Fetches files that people send to bots. One that cannot be fetched is left out: what was said with it counts more.</summary>
internal sealed partial class TelegramFiles(TelegramApi api, ConfigStore config, ILogger<TelegramFiles> logger)
{
    /// <summary>The most files of one message.</summary>
    private const int MaxFiles = 10;

    public async Task<IReadOnlyList<ChannelFile>> FetchAsync(TelegramAccountConfig account, IReadOnlyList<TelegramFile> files, CancellationToken ct)
    {
        var fetched = new List<ChannelFile>();
        foreach (var file in files.Take(MaxFiles))
        {
            if (await TryFetchAsync(account, file, ct) is { } content)
            {
                fetched.Add(new ChannelFile(file.FileName, file.MimeType, content));
            }
        }

        return fetched;
    }

    private async Task<byte[]?> TryFetchAsync(TelegramAccountConfig account, TelegramFile file, CancellationToken ct)
    {
        var most = config.Current.Config.Agents.Defaults.MediaMaxMb * 1024L * 1024L;
        try
        {
            if (file.FileSize > most)
            {
                throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"it has {file.FileSize} bytes, and {most} are allowed (agents.defaults.mediaMaxMb)"));
            }

            var place = await api.GetFileAsync(account, file.FileId, ct);
            return place.FilePath is { } path ? await api.DownloadAsync(account, path, ct) : null;
        }
        catch (Exception e) when (e is TelegramException or HttpRequestException)
        {
            Log.NotFetched(logger, file.FileName ?? file.FileId, e.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1743, LogLevel.Warning, "The file {Name} of Telegram was left out: {Reason}")]
        public static partial void NotFetched(ILogger logger, string name, string reason);
    }
}
