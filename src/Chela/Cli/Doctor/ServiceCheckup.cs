using Chela.Gateway.Hosting;
using Chela.Gateway.Hosting.Doctor;
using Chela.Service;

namespace Chela.Cli.Doctor;

/// <summary>The gateway as a service of systemd: whether the unit is what this version would write, and its program is still there.</summary>
internal static class ServiceCheckup
{
    private const string StateOption = "--state-dir";
    private const string Install = "chela gateway install";

    private static readonly DoctorCheck Unit = new("service.unit", "whether the service of systemd is what this version would write, for this state directory, and its program is there");

    public static IReadOnlyList<DoctorCheck> Checks => [Unit];

    public static DoctorFinding Run(StatePaths paths, Func<string, string?> environment)
    {
        var path = ServiceUnit.PathOf(environment);
        if (!File.Exists(path))
        {
            return Unit.Note("the gateway is no service of systemd", Install);
        }

        try
        {
            return Judge(path, File.ReadAllText(path), paths, environment);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unit.Error($"{path} cannot be read: {e.Message}", Install);
        }
    }

    private static DoctorFinding Judge(string path, string text, StatePaths paths, Func<string, string?> environment)
    {
        if (ServiceUnit.CommandOf(text) is not [var program, "gateway", "run", .. var arguments])
        {
            return Unit.Warning($"{path} does not run chela gateway run", $"{Install} --force");
        }

        var state = Array.IndexOf(arguments, StateOption) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;
        var anew = string.Join(' ', arguments.Prepend(Install));
        return !File.Exists(program) ? Unit.Error($"{path} runs {program}, which is gone", anew)
            : !text.StartsWith(ServiceUnit.Mark, StringComparison.Ordinal) ? Unit.Note($"{path} was written by somebody else", $"{Install} --force")
            : state is not null && state != paths.Root ? Unit.Note($"{path} is for another state directory: {state}", $"chela doctor {StateOption} {state}")
            : program != Environment.ProcessPath ? Unit.Warning($"{path} runs {program}, and this is {Environment.ProcessPath}", anew)
            : !IsSame(text, ServiceUnit.Text(program, arguments, state ?? paths.Root, environment("DOTNET_ROOT"))) ? Unit.Warning($"{path} was written by another version", anew)
            : Unit.Ok($"{path} is what this version would write");
    }

    /// <summary>Where .NET lies does not count: whoever asks may have another environment than whoever installed.</summary>
    private static bool IsSame(string text, string other) => Lines(text).SequenceEqual(Lines(other), StringComparer.Ordinal);

    private static IEnumerable<string> Lines(string text) => text.Split('\n')
        .Where(line => !line.StartsWith("Environment=", StringComparison.Ordinal) && !line.StartsWith("# .NET", StringComparison.Ordinal));
}
