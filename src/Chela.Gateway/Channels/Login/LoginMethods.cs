using Chela.Contracts.Access;
using Chela.Contracts.Channels;
using Chela.Contracts.Errors;
using Chela.Gateway.Channels.Supervision;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;
using QRCoder;

namespace Chela.Gateway.Channels.Login;

/// <summary>Logging in to channels by a code that is scanned, and out of them.</summary>
internal sealed class LoginMethods(Accounts accounts, ConfigStore config, TimeProvider time) : IMethodModule
{
    private const string DefaultAccount = "default";
    private const string PicturePrefix = "data:image/png;base64,";
    private const int PixelsPerModule = 6;

    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    public void Map(MethodMap methods)
    {
        var json = LoginJson.Default;
        methods.Add(MethodMap.Method("web.login.start", OperatorScopes.Admin, json.WebLoginParams, json.WebLoginResult, StartAsync) with
        {
            Summary = "Show the code by which somebody logs in to an account of a channel.",
            Deadline = LongestWait + UsualWait,
        });
        methods.Add(MethodMap.Method("web.login.wait", OperatorScopes.Admin, json.WebLoginParams, json.WebLoginResult, WaitAsync) with
        {
            Summary = "Wait until the code was scanned, or is another one.",
            Deadline = LongestWait + UsualWait,
        });
        methods.Add(MethodMap.Method("channels.logout", OperatorScopes.Admin, json.LogoutParams, json.LogoutResult, LogoutAsync) with
        {
            Summary = "Log an account of a channel out, and stop it.",
        });
    }

    private async ValueTask<WebLoginResult> StartAsync(WebLoginParams parameters, CallContext context, CancellationToken ct)
    {
        var (name, channel) = Find(parameters.Channel, parameters.AccountId);
        if (parameters.Force is true && accounts.Running(name) is not null)
        {
            await LogoutAsync(channel, name, ct);
        }

        await accounts.StartAsync(name);
        return await NextAsync(name, channel, null, parameters.TimeoutMs, ct);
    }

    private async ValueTask<WebLoginResult> WaitAsync(WebLoginParams parameters, CallContext context, CancellationToken ct)
    {
        var (name, channel) = Find(parameters.Channel, parameters.AccountId);
        return await NextAsync(name, channel, parameters.CurrentQrDataUrl, parameters.TimeoutMs, ct);
    }

    private async ValueTask<LogoutResult> LogoutAsync(LogoutParams parameters, CallContext context, CancellationToken ct)
    {
        var (name, channel) = Find(parameters.Channel, parameters.AccountId);
        await LogoutAsync(channel, name, ct);
        return new LogoutResult(name.Channel, name.Account, Cleared: true, LoggedOut: true);
    }

    private async Task LogoutAsync(ILoginChannel channel, AccountName name, CancellationToken ct)
    {
        try
        {
            await channel.LogoutAsync(name.Account, ct);
        }
        catch (ChannelRefusedException e)
        {
            throw new RpcException(RpcErrorKind.Unavailable, e.Message);
        }

        await accounts.StopAsync(name);
    }

    /// <summary>Waits for a code other than the one in the picture that is shown, or for the login; not longer than asked for.</summary>
    private async Task<WebLoginResult> NextAsync(AccountName name, ILoginChannel channel, string? shown, int? timeoutMs, CancellationToken ct)
    {
        var wait = timeoutMs is { } ms ? TimeSpan.FromMilliseconds(Math.Min(ms, LongestWait.TotalMilliseconds)) : UsualWait;
        using var limit = new CancellationTokenSource(wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        string? known = null;
        try
        {
            while (true)
            {
                var state = await StateAsync(name, channel, known, either.Token);
                if (state.IsConnected)
                {
                    return new WebLoginResult(true, "The account is logged in.");
                }

                known = state.Code;
                if (PictureOf(state.Code!) is { } picture && picture != shown)
                {
                    return new WebLoginResult(false, "Scan the code with the app on your phone.") { QrDataUrl = picture, Code = state.Code };
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return new WebLoginResult(false, accounts.StateOf(name)?.Error ?? "The code was not scanned yet.");
        }
    }

    /// <summary>The state of the login; one that just starts is waited for.</summary>
    private async Task<LoginState> StateAsync(AccountName name, ILoginChannel channel, string? known, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await channel.LoginAsync(name.Account, known, ct);
            }
            catch (ChannelRefusedException e)
            {
                if (accounts.Running(name) is null)
                {
                    throw new RpcException(RpcErrorKind.Unavailable, accounts.StateOf(name)?.Error ?? e.Message);
                }

                await Task.Delay(BetweenLooks, time, ct);
            }
        }
    }

    private (AccountName Name, ILoginChannel Channel) Find(string? channel, string? account)
    {
        var able = accounts.Channels.Where(one => one.Value is ILoginChannel && (channel is null || one.Key == channel)).ToArray();
        if (able.Length != 1)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, channel is null
                ? "name the channel"
                : $"nobody logs in to {channel} by a code: its accounts stand in the configuration, and are taken out there");
        }

        var name = new AccountName(able[0].Key, account ?? DefaultAccount);
        return config.Current.Config.Channels.Find(name.Channel, name.Account) is not null
            ? (name, (ILoginChannel)able[0].Value)
            : throw new RpcException(RpcErrorKind.InvalidRequest, $"there is no account {name.Account} of the channel {name.Channel}; channels.status names those that there are");
    }

    private static string PictureOf(string code)
    {
        using var made = QRCodeGenerator.GenerateQrCode(code, QRCodeGenerator.ECCLevel.L);
        using var picture = new PngByteQRCode(made);
        return PicturePrefix + Convert.ToBase64String(picture.GetGraphic(PixelsPerModule));
    }
}
