using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using Chela.Gateway.Config;
using Chela.Gateway.Config.Secrets;
using Chela.Gateway.Hosting;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Config.Secrets;

[UnsupportedOSPlatform("windows")]
[Trait("Requirement", "A8")]
[Trait("Requirement", "K1")]
public sealed class SecretReferenceTests : IDisposable
{
    private const string Secret = "a-secret-of-16-characters";

    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly SecretKeys _keys = SecretKeys.Make();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{ "source": "env", "provider": "default", "id": "THE_SECRET" }""")]
    [InlineData("""{ "source": "file", "id": "FILE" }""")]
    [InlineData("""{ "source": "exec", "id": "/bin/sh", "args": ["-c", "cat FILE; cat >&2 FILE"] }""")]
    [InlineData("ENCRYPTED")]
    public async Task A_secret_that_stands_elsewhere_is_in_force_and_only_where_it_stands_is_shown(string written)
    {
        written = Filled(written);

        var snapshot = await LoadAsync(written);

        Assert.Equal(Secret, snapshot.Config.Gateway.Auth.Token);
        Assert.Empty(snapshot.Warnings);
        var shown = Redaction.Of(snapshot).GetProperty("gateway").GetProperty("auth").GetProperty("token");
        var expected = written[0] == '"' ? JsonValue.Create(Redaction.Placeholder) : JsonNode.Parse(written);
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(shown.GetRawText())), shown.GetRawText());
        Assert.DoesNotContain(Secret, $"{snapshot} {snapshot.References.All[0]} {_keys}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "source": "env", "id": "GONE" }""", "refers to the variable GONE, which is not set")]
    [InlineData("""{ "source": "env", "id": "no-name" }""", "must have the name of a variable as its id: A-Z, 0-9 and _, not beginning with a digit")]
    [InlineData("""{ "source": "file", "id": "relative" }""", "must have an absolute path as its id")]
    [InlineData("""{ "source": "file", "id": "/nowhere/at/all" }""", "refers to /nowhere/at/all, which cannot be read: ")]
    [InlineData("""{ "source": "file", "id": "/dev/zero" }""", "refers to /dev/zero, which has more than 65536 bytes")]
    [InlineData("""{ "source": "file", "id": "/dev/null" }""", "refers to /dev/null, which gives nothing")]
    [InlineData("""{ "source": "exec", "id": "/nowhere/at/all" }""", "refers to /nowhere/at/all, which cannot be run: ")]
    [InlineData("""{ "source": "exec", "id": "/bin/sh", "args": ["-c", "cat FILE; exit 3"] }""", "refers to /bin/sh, which ended with the exit code 3")]
    [InlineData("""{ "source": "exec", "id": "/bin/sh", "args": ["-c", "cat /dev/zero"] }""", "refers to /bin/sh, which prints more than 65536 bytes")]
    [InlineData("""{ "source": "exec", "id": "/bin/sh", "args": "x" }""", "must have args that are at most 64 texts, and only for a program")]
    [InlineData("""{ "source": "vault", "id": "x" }""", "must have a source that is env, file or exec")]
    [InlineData("""{ "source": "env", "id": "THE_SECRET", "provider": "mine" }""", "must have no provider but 'default'")]
    [InlineData("""{ "source": "env", "id": "THE_SECRET", "key": "x" }""", "must not have 'key'; a reference has source, id and, for a program, args")]
    [InlineData("\"enc:v1:AAAA\"", "is encrypted, and no key opens it: it was changed, or the key is another one")]
    public async Task What_cannot_be_resolved_is_a_mistake_of_the_setting_and_the_only_one(string written, string problem)
    {
        var wrong = await Assert.ThrowsAsync<ConfigException>(() => LoadAsync(Filled(written)));

        Assert.StartsWith($"chela.json:1:29 gateway.auth.token: {problem}", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', wrong.Message);
        Assert.DoesNotContain(Secret, wrong.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_end_is_ended()
    {
        var loading = LoadAsync("""{ "source": "exec", "id": "/bin/sh", "args": ["-c", "sleep 600"] }""");
        Assert.NotSame(loading, await Task.WhenAny(loading, _time.WhenTimerAsync(SecretProgram.Limit)));
        _time.Advance(SecretProgram.Limit);

        var wrong = await Assert.ThrowsAsync<ConfigException>(() => loading);

        Assert.Contains("refers to /bin/sh, which did not end within 5 seconds", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_into_which_nobody_writes_is_not_waited_for()
    {
        using (var made = Process.Start("mkfifo", [_folder.File("pipe")]))
        {
            await made.WaitForExitAsync(Ct);
        }

        var loading = LoadAsync($$"""{ "source": "file", "id": "{{_folder.File("pipe")}}" }""");
        Assert.NotSame(loading, await Task.WhenAny(loading, _time.WhenTimerAsync(SecretProgram.Limit)));
        _time.Advance(SecretProgram.Limit);

        Assert.Contains($"refers to {_folder.File("pipe")}, which cannot be read: ", (await Assert.ThrowsAsync<ConfigException>(() => loading)).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder.File("pipe"), "x", Ct); // lets go of the thread that waits
    }

    [Fact]
    public async Task A_file_that_everybody_can_read_is_warned_of()
    {
        var file = SecretFile();
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        var snapshot = await LoadAsync($$"""{ "source": "file", "id": "{{file}}" }""");

        Assert.Equal($"{file} holds a secret, and every user of this machine can read it: chmod 600 {file}", Assert.Single(snapshot.Warnings));
    }

    [Fact]
    public async Task Where_no_secret_can_stand_no_reference_can()
    {
        var text = $$"""{ "session": { "mainKey": { "source": "env", "id": "THE_SECRET" } }, "messages": { "queue": { "mode": "{{_keys.Seal("steer")}}" } } }""";

        var wrong = await Assert.ThrowsAsync<ConfigException>(() => LoadTextAsync(text));

        Assert.Equal(
            [
                "messages.queue.mode: is encrypted, but only a setting that holds a secret can be",
                "session.mainKey: must be string",
            ],
            wrong.Problems.Select(problem => $"{problem.Path}: {problem.Message}").Order());
    }

    [Fact]
    public void An_encrypted_text_is_another_each_time_and_opens_only_as_it_is_and_with_its_key()
    {
        var (one, two) = (_keys.Seal("täxt"), _keys.Seal("täxt"));

        Assert.NotEqual(one, two);
        Assert.Equal(("täxt", "täxt"), (_keys.Open(one), SecretKeys.Make(_keys).Open(two)));
        Assert.Null(SecretKeys.Make().Open(one));
        for (var place = EncryptedText.Prefix.Length; place < one.Length - 1; place++)
        {
            Assert.Null(_keys.Open(string.Concat(one.AsSpan(0, place), one[place] == 'A' ? "B" : "A", one.AsSpan(place + 1))));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("no Base64")]
    public void What_is_no_key_is_refused(string text) => Assert.Null(SecretKeys.Read(text));

    [Fact]
    public void Keys_are_read_as_they_are_stored()
    {
        var keys = SecretKeys.Read(Encoding.ASCII.GetString(SecretKeys.Make(_keys).Bytes).Replace('\n', ','))!;

        Assert.Equal((2, "x"), (keys.Count, keys.Open(_keys.Seal("x"))));
        Assert.Null(keys.First.Open(_keys.Seal("x")));
    }

    public void Dispose() => _folder.Dispose();

    private string SecretFile()
    {
        var path = _folder.File("secret");
        File.WriteAllText(path, Secret + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private string Filled(string written) => written == "ENCRYPTED" ? $"\"{_keys.Seal(Secret)}\"" : written.Replace("FILE", SecretFile(), StringComparison.Ordinal);

    private Task<ConfigSnapshot> LoadAsync(string token) => LoadTextAsync($$"""{"gateway":{"auth":{"token":{{token}} } } }""");

    private async Task<ConfigSnapshot> LoadTextAsync(string text)
    {
        var keyFile = _folder.File("secret.key");
        await File.WriteAllBytesAsync(keyFile, _keys.Bytes, Ct);
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var sources = new ConfigSources("/srv/chela/chela.json", Encoding.UTF8.GetBytes(text))
        {
            Environment = new Dictionary<string, string> { ["THE_SECRET"] = Secret },
            KeyFile = keyFile,
        };
        return await new ConfigLoader().LoadAsync(sources, _time, Ct);
    }
}
