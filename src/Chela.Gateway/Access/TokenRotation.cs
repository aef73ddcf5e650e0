using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Chela.Gateway.Config;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Access;

/// <summary>
/// Replaces the gateway's own token while clients still use the old one. Two files: <c>gateway.token</c> holds the present token,
/// one beside it the hashes of those before with their ends. What ends is written first: a process that dies in between finds the
/// old token in both, and then it is simply the present one.
/// </summary>
internal sealed class TokenRotation : IDisposable
{
    /// <summary>The most old tokens that open at once; one more ends the oldest.</summary>
    public const int MaxFormer = 4;

    private readonly SharedSecrets _secrets;
    private readonly DocumentFile _token;
    private readonly DocumentFile _former;
    private readonly ConfigStore _config;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ITimer _end;
    private string _present = "";

    /// <param name="secrets">What opens the gateway.</param>
    /// <param name="tokenFile">The path of the present token.</param>
    /// <param name="config">Says whether the token is the gateway's own.</param>
    /// <param name="time">The clock.</param>
    /// <param name="step">The hook of crash tests; null in production.</param>
    public TokenRotation(SharedSecrets secrets, string tokenFile, ConfigStore config, TimeProvider time, StorageStep? step = null)
    {
        // No backups: a secret that has ended must not lie about.
        var options = new DocumentOptions { Backups = 0, MaxBytes = 64 * 1024, Step = step };
        _secrets = secrets;
        _token = new DocumentFile(tokenFile, options);
        _former = new DocumentFile($"{tokenFile}.former", options);
        _config = config;
        _time = time;
        _end = time.CreateTimer(_ => End(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Told of each new token before it is written or opens anything. Set once.</summary>
    public Action<string> Made { get; init; } = _ => { };

    /// <summary>Reads which old tokens still open; to be called once, before clients are served.</summary>
    /// <exception cref="InvalidDataException">The file is not what this program writes.</exception>
    public async Task LoadAsync(CancellationToken ct)
    {
        if (OwnerRefusal() is not null || await _token.ReadAsync(ct) is not { } bytes)
        {
            return;
        }

        _present = Encoding.UTF8.GetString(bytes).Trim();
        var hash = SharedSecrets.HashOf(_present);
        _secrets.Replace(_present, (await ReadFormerAsync(ct)).Where(former => former.Sha256 != hash && former.EndsAtMs > NowMs()));
        Arm();
    }

    /// <summary>Why the token cannot be replaced here, with what helps; null when it can.</summary>
    public string? OwnerRefusal()
    {
        var current = _config.Current;
        var mode = current.Config.Gateway.Auth.ModeInForce();
        return mode != AuthMode.Token
            ? $"the gateway has no token to rotate: gateway.auth.mode is {mode}"
            : current.Origins.GetValueOrDefault("gateway.auth.token") switch
            {
                ConfigLayer.File => $"the token is set in {current.FilePath}; change gateway.auth.token there and restart, or remove it and restart to have a token that can be rotated",
                ConfigLayer.Environment => "the token is set by an environment variable; change it there and restart, or remove it and restart to have a token that can be rotated",
                ConfigLayer.CommandLine => "the token is set by --token or CHELA_TOKEN; change it there and restart, or leave it out to have a token that can be rotated",
                _ => null,
            };
    }

    /// <summary>Puts a new token in force; returns when it is on disk. The present one, and those before it, open until their ends.</summary>
    /// <param name="token">The new token.</param>
    /// <param name="overlap">How long the present token still opens; zero ends it, and all before it, at once.</param>
    /// <returns>When the present token ends, Unix milliseconds.</returns>
    /// <exception cref="IOException">It could not be written; the present token stays in force.</exception>
    public async Task<long> RotateAsync(string token, TimeSpan overlap, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            Made(token);
            var endsAtMs = NowMs() + (long)overlap.TotalMilliseconds;
            FormerSecret[] former = overlap == TimeSpan.Zero
                ? []
                : [.. _secrets.Former.Append(new FormerSecret(SharedSecrets.HashOf(_present), endsAtMs)).Where(f => f.EndsAtMs > NowMs()).TakeLast(MaxFormer)];
            var bytes = JsonSerializer.SerializeToUtf8Bytes(new FormerSecretFile(former), FormerSecretJson.Default.FormerSecretFile);
            await _former.WriteAsync(bytes, CancellationToken.None);
            await _token.WriteAsync(Encoding.ASCII.GetBytes(token + "\n"), CancellationToken.None);
            _present = token;
            _secrets.Replace(token, former);
            Arm();
            return endsAtMs;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>True for the token in force.</summary>
    public bool IsPresent(string token) => _present == token;

    public void Dispose()
    {
        _end.Dispose();
        _turn.Dispose();
    }

    private async Task<IReadOnlyList<FormerSecret>> ReadFormerAsync(CancellationToken ct)
    {
        try
        {
            return await _former.ReadAsync(ct) is { } bytes
                ? JsonSerializer.Deserialize(bytes, FormerSecretJson.Default.FormerSecretFile)?.Former ?? []
                : [];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{_former.Path} is damaged: {e.Message}; delete it to end the tokens before the present one", e);
        }
    }

    private void End()
    {
        _secrets.EndDue();
        Arm();
    }

    /// <summary>Wakes when the next old token ends.</summary>
    private void Arm()
    {
        var next = _secrets.Former.Select(former => (long?)former.EndsAtMs).Min();
        var wait = next is { } endsAtMs ? TimeSpan.FromMilliseconds(Math.Max(1, endsAtMs - NowMs())) : Timeout.InfiniteTimeSpan;
        _end.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>The tokens before the present one, on disk.</summary>
internal sealed record FormerSecretFile(IReadOnlyList<FormerSecret> Former);

/// <summary>JSON types of that file.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FormerSecretFile))]
internal sealed partial class FormerSecretJson : JsonSerializerContext;
