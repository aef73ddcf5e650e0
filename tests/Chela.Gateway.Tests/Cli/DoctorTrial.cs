using System.Text;
using System.Text.Json;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Cli;

/// <summary>A state directory that <c>chela doctor</c> looks at.</summary>
internal sealed class DoctorTrial : IDisposable
{
    /// <summary>Another program of this machine may hold the usual port.</summary>
    public static readonly (string Name, string Value) AnyPort = ("CHELA_GATEWAY__PORT", "0");

    public TempFolder Folder { get; } = new();

    public string State => Folder.File("state");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Folder.Dispose();

    public async Task<(int Exit, JsonElement[] Findings, string[] Done)> RunAsync(params string[] options) => await ReportAsync(State, options);

    /// <summary>What the program reports of a state directory, whatever it finds.</summary>
    public static async Task<(int Exit, JsonElement[] Findings, string[] Done)> ReportAsync(string state, params string[] options)
    {
        var result = await ChelaProcess.RunAsync(["doctor", "--json", .. options, "--state-dir", state], "", AnyPort);
        Assert.Empty(result.Error);
        var report = JsonElement.Parse(result.Output);
        return (result.ExitCode, [.. report.List("findings")], [.. report.List("done").Select(line => line.GetString()!)]);
    }

    /// <summary>The sentences of a check, all of which have this state.</summary>
    public static string Of(JsonElement[] findings, string id, string state)
    {
        var found = findings.Where(finding => finding.Text("id") == id).ToArray();
        Assert.NotEmpty(found);
        Assert.All(found, finding => Assert.Equal((id, state, finding.Text("message")), (id, finding.Text("state"), finding.Text("message"))));
        return string.Join('\n', found.Select(finding => finding.Text("message")));
    }

    /// <summary>Writes a file of the state directory, for its owner only.</summary>
    public async Task WriteAsync(string name, string text)
    {
        var path = Path.Combine(State, name);
        PrivateFolder.Create(Path.GetDirectoryName(path)!);
        await new DocumentFile(path, new DocumentOptions { Backups = 0 }).WriteAsync(Encoding.UTF8.GetBytes(text), Ct);
    }

    /// <summary>Writes a journal as a gateway does.</summary>
    public static async Task WriteJournalAsync(string folder, string name, params string[] records)
    {
        PrivateFolder.Create(folder);
        await using var committer = new JournalCommitter();
        var journal = Journal.Open(folder, name, committer);
        foreach (var record in records)
        {
            await journal.AppendAsync(Encoding.UTF8.GetBytes(record), Ct);
        }
    }
}
