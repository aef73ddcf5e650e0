using Chela.Contracts.Messages;
using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>Fetches files that people send to bots. One that cannot be fetched is left out: what was said with it counts more.</summary>
internal sealed partial class FeishuFiles(FeishuApi api, ConfigStore config, ILogger<FeishuFiles> logger)
{
    /// <summary>The most files of one message.</summary>
    private const int MaxFiles = 10;

    public async Task<IReadOnlyList<ChannelFile>> FetchAsync(FeishuAccountConfig account, IReadOnlyList<FeishuFile> files, CancellationToken ct)
    {
        var fetched = new List<ChannelFile>();
        foreach (var file in files.Take(MaxFiles))
        {
            if (await TryFetchAsync(account, file, ct) is { } content)
            {
                fetched.Add(new ChannelFile(file.Name, null, content));
            }
        }

        return fetched;
    }

    private async Task<byte[]?> TryFetchAsync(FeishuAccountConfig account, FeishuFile file, CancellationToken ct)
    {
        try
        {
            return await api.DownloadAsync(account, file, config.Current.Config.Agents.Defaults.MediaMaxMb * 1024L * 1024L, ct);
        }
        catch (Exception e) when (e is FeishuException or HttpRequestException)
        {
            Log.NotFetched(logger, file.Name ?? file.Key, e.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1774, LogLevel.Warning, "The file {Name} of Feishu was left out: {Reason}")]
        public static partial void NotFetched(ILogger logger, string name, string reason);
    }
}
