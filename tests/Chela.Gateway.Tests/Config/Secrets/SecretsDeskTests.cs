using System.Runtime.Versioning;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Reloading;
using Chela.Gateway.Config.Secrets;
using Chela.Gateway.Hosting.Desk;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Config.Secrets;

[UnsupportedOSPlatform("windows")]
[Trait("Requirement", "A8")]
public sealed class SecretsDeskTests : IDisposable
{
    private const string Secret = "a-secret-of-16-characters";

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _variables = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string ConfigFile => _folder.File("chela.json");

    private string KeyFile => _folder.File("secret.key");

    [Fact]
    public async Task The_key_is_made_at_the_first_use_for_its_owner_alone()
    {
        var one = await Desk().EncryptAsync("x", Ct);
        var two = await Desk().EncryptAsync("y", Ct);

        var keys = SecretKeys.Read(await File.ReadAllTextAsync(KeyFile, Ct))!;
        Assert.Equal((1, "x", "y"), (keys.Count, keys.Open(one), keys.Open(two)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
    }

    [Fact]
    public async Task A_new_key_encrypts_every_value_of_every_file_and_the_old_key_is_gone()
    {
        var old = await WriteAsync();

        var done = await Desk().RotateAsync(Ct);

        Assert.Equal((2, 2), (done.Values, done.Files.Count));
        var keys = SecretKeys.Read(await File.ReadAllTextAsync(KeyFile, Ct))!;
        Assert.Equal((1, (string?)null), (keys.Count, keys.Open(old)));
        Assert.Contains("/* kept */", await File.ReadAllTextAsync(ConfigFile, Ct), StringComparison.Ordinal);
        await AssertWholeAsync();
    }

    [Fact]
    public async Task Wherever_it_is_cut_off_every_value_can_be_opened_and_the_next_attempt_ends_it()
    {
        await WriteAsync();
        var (steps, failing) = (0, 0);
        for (var isDone = false; !isDone;)
        {
            (steps, failing) = (0, failing + 1);
            try
            {
                await Desk(CutOff).RotateAsync(Ct);
                isDone = true;
            }
            catch (PowerCutException)
            {
                await AssertWholeAsync();
            }
        }

        void CutOff(string step)
        {
            if (++steps == failing)
            {
                throw new PowerCutException();
            }
        }

        Assert.True(failing > 10, $"{failing}");
        Assert.Equal(1, SecretKeys.Read(await File.ReadAllTextAsync(KeyFile, Ct))!.Count);
        await AssertWholeAsync();
    }

    [Fact]
    public async Task Where_a_value_cannot_be_opened_nothing_is_changed()
    {
        await WriteAsync();
        var text = (await File.ReadAllTextAsync(ConfigFile, Ct)).Replace("/* kept */", $"// {SecretKeys.Make().Seal("x")}\n", StringComparison.Ordinal);
        await File.WriteAllTextAsync(ConfigFile, text, Ct);
        var key = await File.ReadAllBytesAsync(KeyFile, Ct);

        var refused = await Assert.ThrowsAsync<ConfigRefusedException>(() => Desk().RotateAsync(Ct));

        Assert.Equal($"{ConfigFile} holds an encrypted value that no key opens; nothing was changed", refused.Message);
        Assert.Equal(key, await File.ReadAllBytesAsync(KeyFile, Ct));
        Assert.Equal(text, await File.ReadAllTextAsync(ConfigFile, Ct));
    }

    [Fact]
    public async Task With_the_key_in_the_environment_the_first_of_two_takes_over()
    {
        await WriteAsync();
        var old = (await File.ReadAllTextAsync(KeyFile, Ct)).Trim();
        File.Delete(KeyFile);
        _variables[SecretKeys.Variable] = old;
        var refused = await Assert.ThrowsAsync<ConfigRefusedException>(() => Desk().RotateAsync(Ct));

        var next = System.Text.Encoding.ASCII.GetString(SecretKeys.Make().Bytes).Trim();
        _variables[SecretKeys.Variable] = $"{next},{old}";
        var done = await Desk().RotateAsync(Ct);

        Assert.StartsWith("CHELA_SECRET_KEY holds one key; put a new one in front of it", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, done.Values);
        Assert.False(File.Exists(KeyFile));
        _variables[SecretKeys.Variable] = next;
        await AssertWholeAsync();
    }

    [Fact]
    public async Task Secrets_in_plain_text_are_named_and_not_shown()
    {
        await File.WriteAllTextAsync(
            ConfigFile,
            """
            { "gateway": { "auth": { "token": "a-secret-of-16-characters", "password": "${PASSWORD}" } },
              "models": { "providers": { "a": { "apiKey": "enc:v1:abc" }, "b": { "apiKey": { "source": "env", "id": "KEY" } }, "c": { "apiKey": "x" } } },
              "mcp": { "servers": { "m": { "env": { "LEVEL": "info", "LONG": "a-secret-of-16-characters", "API_KEY": "k" } } } } }
            """,
            Ct);

        var found = await Desk().AuditAsync(Ct);

        Assert.Equal(
            ["chela.json:1:35 gateway.auth.token", "chela.json:2:133 models.providers.c.apiKey", "chela.json:3:66 mcp.servers.m.env.LONG", "chela.json:3:106 mcp.servers.m.env.API_KEY"],
            found.Select(secret => $"{secret.Place} {secret.Key}"));
    }

    public void Dispose() => _folder.Dispose();

    private SecretsDesk Desk(StorageStep? step = null) => new(ConfigFile, KeyFile, _variables, Checker(), step);

    private ConfigChecker Checker() =>
        new(new ConfigSources(ConfigFile, null) { Environment = _variables, KeyFile = KeyFile }, _ => [], TimeProvider.System);

    /// <summary>Two files with an encrypted value each; gives one of these.</summary>
    private async Task<string> WriteAsync()
    {
        var value = await Desk().EncryptAsync(Secret, Ct);
        await File.WriteAllTextAsync(_folder.File("models.json"), $$"""{ "providers": { "openai": { "apiKey": "{{await Desk().EncryptAsync(Secret, Ct)}}" } } }""", Ct);
        await File.WriteAllTextAsync(ConfigFile, $$"""{ /* kept */ "gateway": { "auth": { "token": "{{value}}" } }, "models": { "$include": "models.json" } }""", Ct);
        return value;
    }

    private async Task AssertWholeAsync()
    {
        var checker = Checker();
        var snapshot = await checker.CheckAsync(await checker.AroundAsync(await File.ReadAllBytesAsync(ConfigFile, Ct), Ct), [], Ct);

        Assert.Equal((Secret, Secret), (snapshot.Config.Gateway.Auth.Token, snapshot.Config.Models.Providers["openai"].ApiKey));
    }

    private sealed class PowerCutException : Exception;
}
