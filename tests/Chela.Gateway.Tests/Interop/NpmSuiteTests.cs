using System.Diagnostics;
using Chela.Gateway.Tests.Architecture;

namespace Chela.Gateway.Tests.Interop;

/// <summary>
/// Clients that others wrote, against the real executable: each suite of <c>tests/interop</c> is a test. What a suite shows stands
/// in the <c>requirement:</c> line at its head. A suite in a folder of its own has a large package, which only CI installs unasked.
/// </summary>
public sealed class NpmSuiteTests(ITestOutputHelper output)
{
    private const string Ending = ".test.mjs";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static bool IsContinuousIntegration => Environment.GetEnvironmentVariable("CI") == "true";

    private static string Folder => Path.Combine(Repository.Root, "tests", "interop");

    /// <summary>Paths of the suites from <c>tests/interop</c>.</summary>
    public static TheoryData<string> Suites => [.. Repository.Files(["tests/interop"], ".mjs")
        .Select(file => Path.GetRelativePath(Folder, Path.Combine(Repository.Root, file.Path)).Replace('\\', '/'))
        .Where(path => path.EndsWith(Ending, StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Suites))]
    public async Task A_suite_of_third_party_clients_passes(string suite)
    {
        var ct = TestContext.Current.CancellationToken;
        var node = ProgramOnPath.Require("node");
        var npm = ProgramOnPath.Require("npm");
        var folder = Path.GetDirectoryName(Path.Combine(Folder, suite))!;
        await new NpmPackage(Folder).InstallAsync(npm, output, ct);
        if (folder != Folder)
        {
            var large = new NpmPackage(folder);
            Assert.SkipUnless(
                large.IsInstalled || IsContinuousIntegration,
                $"This test needs several hundred megabytes from npm: run 'npm ci --ignore-scripts' in {Path.GetRelativePath(Repository.Root, folder)}.");
            await large.InstallAsync(npm, output, ct);
        }

        var start = new ProcessStartInfo(node, ["--test", "--test-reporter=spec", Path.GetFileName(suite)]) { WorkingDirectory = folder };
        start.Environment["CHELA_EXECUTABLE"] = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "chela.exe" : "chela");
        start.Environment["NO_COLOR"] = "1";
        start.Environment.Remove("NODE_OPTIONS");
        var ended = await ForeignProcess.RunAsync(start, output, Limit, ct);

        Assert.True(ended.ExitCode == 0, $"{suite} failed:\n{ended.Output}");
    }

    [Fact]
    public void Every_suite_says_which_requirements_it_shows()
    {
        var silent = Repository.Files(["tests/interop"], ".mjs")
            .Where(file => file.Path.EndsWith(Ending, StringComparison.Ordinal) && !Citations.InFile(file).Any())
            .Select(file => file.Path);

        Assert.Empty(silent);
    }

    [Fact]
    public void A_lock_file_names_no_address_but_that_of_the_public_registry()
    {
        var found = from file in Repository.Files(["tests/interop"], ".json")
                    where Path.GetFileName(file.Path) == "package-lock.json"
                    from line in file.Text.Split('\n')
                    where line.Contains("\"resolved\"", StringComparison.Ordinal)
                    where !line.Contains("https://registry.npmjs.org/", StringComparison.Ordinal)
                    select $"{file.Path}: {line.Trim()}";

        Assert.Empty(found);
    }
}
