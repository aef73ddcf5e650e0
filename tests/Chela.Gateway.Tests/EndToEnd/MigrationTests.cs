using Chela.Gateway.Tests.Cli;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>The real executable starts with configuration files of other forms than its own.</summary>
[Trait("Requirement", "K2")]
public sealed class MigrationTests : IDisposable
{
    private const string Old = """
        {
          // Mine.
          "gateway": { "token": "a-token-of-long-ago" },
          "messages": { "queue": { "mode": "steer-backlog" } }
        }

        """;

    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string ConfigFile => Path.Combine(_folder.Path, "state", "chela.json");

    [Fact]
    public async Task A_start_brings_an_older_file_into_the_present_form_once_and_keeps_it_as_it_was()
    {
        await WriteAsync(Old);
        var dry = await ChelaProcess.RunAsync(["config", "migrate", "--dry-run", "--state-dir", Path.GetDirectoryName(ConfigFile)!]);
        Assert.Equal(Old, await File.ReadAllTextAsync(ConfigFile, Ct));

        string written;
        await using (var first = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path)))
        {
            written = await File.ReadAllTextAsync(ConfigFile, Ct);
            Assert.Contains("gateway.token is now gateway.auth.token", first.Output.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("a-token-of-long-ago", first.Output.Text, StringComparison.Ordinal);
        }

        await using var second = await GatewayProcess.StartAsync(new GatewayStart(_folder.Path));

        Assert.Equal("gateway.token is now gateway.auth.token\nmessages.queue.mode: 'steer-backlog' is now 'steer'\nNothing was written\n", dry.Output);
        Assert.Contains("// Mine.", written, StringComparison.Ordinal);
        Assert.Contains("\"version\": 3", written, StringComparison.Ordinal);
        Assert.Equal(Old, await File.ReadAllTextAsync(ConfigFile + ".bak.1", Ct));
        Assert.Equal(written, await File.ReadAllTextAsync(ConfigFile, Ct));
        Assert.False(File.Exists(ConfigFile + ".bak.2"));
        Assert.DoesNotContain("older form", second.Output.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "meta": { "version": 99 } }""", "was written by a newer Chela")]
    [InlineData("""{ "gateway": { "token": "short" } }""", "chela.json gateway.auth.token: ")]
    [InlineData("""{ "gateway": { "token": "a-token-of-long-ago", "prot": 1 } }""", "chela.json gateway.prot: unknown key")]
    public async Task What_does_not_make_a_good_file_stops_the_start_and_stays_as_it_was(string text, string sentence)
    {
        await WriteAsync(text);

        var (exitCode, _, errors) = await GatewayProcess.RefusedAsync(new GatewayStart(_folder.Path));

        Assert.Equal(78, exitCode);
        Assert.Contains(sentence, errors, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(ConfigFile, Ct));
    }

    public void Dispose() => _folder.Dispose();

    private async Task WriteAsync(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(ConfigFile)!);
        await File.WriteAllTextAsync(ConfigFile, text, Ct);
    }
}
