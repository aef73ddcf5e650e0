using System.Collections.Concurrent;
using System.Text.Json;
using Chela.Gateway.Config;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>
/// The tokens that apps speak with for their tenant. One is fetched once for all who need it at the same time, and anew before it runs out. A secret
/// that was changed has no part in what the former one opened.
/// </summary>
internal sealed class FeishuTokens(FeishuHttp http, TimeProvider time)
{
    /// <summary>How long before its end a token is not used any more.</summary>
    public static readonly TimeSpan Early = TimeSpan.FromMinutes(5);

    /// <summary>The most apps that are remembered; more come about only by changes of the configuration.</summary>
    private const int MaxApps = 2_000;

    private readonly ConcurrentDictionary<(string Root, string AppId, string Secret), App> _apps = [];

    /// <summary>A token that is good now.</summary>
    public async Task<string> GetAsync(FeishuAccountConfig account, CancellationToken ct)
    {
        if (_apps.Count >= MaxApps)
        {
            _apps.Clear();
        }

        var app = _apps.GetOrAdd(KeyOf(account), _ => new App());
        await app.WaitAsync(ct);
        try
        {
            return app.Token is { } held && time.GetUtcNow() < app.Until ? held : await FetchAsync(account, app, ct);
        }
        finally
        {
            app.Release();
        }
    }

    /// <summary>Forgets a token that Feishu does not take, unless there is a newer one.</summary>
    public void Forget(FeishuAccountConfig account, string token)
    {
        if (_apps.TryGetValue(KeyOf(account), out var app))
        {
            Interlocked.CompareExchange(ref app.Token, null, token);
        }
    }

    private async Task<string> FetchAsync(FeishuAccountConfig account, App app, CancellationToken ct)
    {
        var shown = FeishuHttp.Json(JsonSerializer.SerializeToUtf8Bytes(new TokenRequest(account.AppId, account.AppSecret), FeishuJson.Default.TokenRequest));
        var answer = await http.CallAsync(HttpMethod.Post, $"{account.Root()}/open-apis/auth/v3/tenant_access_token/internal", null, shown, ct);
        if (answer is not { TenantAccessToken: { Length: > 0 } token, Expire: { } seconds })
        {
            throw new HttpRequestException("the answer holds no token");
        }

        app.Until = time.GetUtcNow() + TimeSpan.FromSeconds(seconds) - Early;
        app.Token = token;
        return token;
    }

    private static (string, string, string) KeyOf(FeishuAccountConfig account) => (account.Root(), account.AppId, account.AppSecret);

    /// <summary>The token of one app; whose turn it is may fetch it.</summary>
    private sealed class App() : SemaphoreSlim(1, 1)
    {
        public string? Token;

        public DateTimeOffset Until;
    }
}
