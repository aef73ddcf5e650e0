using System.Diagnostics;
using Chela.Gateway.Tests.Architecture;

namespace Chela.Gateway.Tests.Interop;

/// <summary>A program of <c>tests/interop/support</c>, which uses packages of npm that others wrote.</summary>
internal static class NodeProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Installs the packages where they are missing. It may take long: do it before anything waits for the program.</summary>
    public static Task InstallAsync(ITestOutputHelper output) =>
        new NpmPackage(Folder).InstallAsync(ProgramOnPath.Require("npm"), output, TestContext.Current.CancellationToken);

    /// <summary>Runs a program until it ends by itself.</summary>
    /// <param name="name">Its file.</param>
    /// <param name="output">Where its words go.</param>
    /// <param name="variables">What it finds in its environment.</param>
    public static Task<Finished> RunAsync(string name, ITestOutputHelper output, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(ProgramOnPath.Require("node"), [Path.Combine("support", name)]) { WorkingDirectory = Folder };
        foreach (var (variable, value) in variables)
        {
            start.Environment[variable] = value;
        }

        return ForeignProcess.RunAsync(start, output, Limit, TestContext.Current.CancellationToken);
    }

    private static string Folder => Path.Combine(Repository.Root, "tests", "interop");
}
