using System.Collections.Concurrent;
using Chela.Gateway.Config;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>Who speaks on Feishu: the bots of apps, and people by their names, where an app may know them. Names are for reading and decide nothing.</summary>
internal sealed class FeishuPeople(FeishuApi api, TimeProvider time)
{
    /// <summary>How long a name is not asked for again; also that there is none.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <summary>How long a message waits for a name: Feishu wants its event answered within three seconds.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>The most names that are remembered.</summary>
    private const int MaxNames = 10_000;

    private readonly ConcurrentDictionary<(string AppId, string Person), (string? Name, DateTimeOffset Until)> _names = [];

    /// <summary>Who the bot of an account is.</summary>
    public Task<FeishuBot> BotOfAsync(FeishuAccountConfig account, CancellationToken ct) => api.GetBotAsync(account, ct);

    /// <summary>What people call somebody; null where that cannot be told.</summary>
    public async Task<string?> NameOfAsync(FeishuAccountConfig account, string person, CancellationToken ct)
    {
        var key = (account.AppId, person);
        if (_names.TryGetValue(key, out var known) && time.GetUtcNow() < known.Until)
        {
            return known.Name;
        }

        if (_names.Count >= MaxNames)
        {
            _names.Clear();
        }

        var name = await AskAsync(account, person, ct);
        _names[key] = (name, time.GetUtcNow() + Kept);
        return name;
    }

    private async Task<string?> AskAsync(FeishuAccountConfig account, string person, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            return await api.GetNameAsync(account, person, either.Token);
        }
        catch (Exception e) when (e is FeishuException or HttpRequestException || (e is OperationCanceledException && limit.IsCancellationRequested))
        {
            return null; // most apps may not know people
        }
    }
}
