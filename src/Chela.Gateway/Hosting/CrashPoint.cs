using System.Diagnostics;
using System.Globalization;

namespace Chela.Gateway.Hosting;

/// <summary>
/// For trials of durability: <c>CHELA_CRASH_AT=journal.before-fsync@17</c> ends the process by SIGKILL when it passes a step of its
/// storage for the 17th time. The steps are those of <see cref="Storage.StorageSteps"/>.
/// </summary>
internal sealed class CrashPoint(string step, int times)
{
    public const string EnvironmentVariable = "CHELA_CRASH_AT";

    private int _passed;

    /// <summary>What the environment asks for; null when it asks for nothing.</summary>
    /// <exception cref="StartException">It asks for something else than a step and a number.</exception>
    public static CrashPoint? From(IReadOnlyDictionary<string, string> environment)
    {
        if (environment.GetValueOrDefault(EnvironmentVariable) is not { Length: > 0 } asked)
        {
            return null;
        }

        return asked.Split('@') is [{ Length: > 0 } step, var times]
            && int.TryParse(times, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? new CrashPoint(step, count)
            : throw new StartException(
                StartFailure.Configuration, $"{EnvironmentVariable} is a step of the storage and a number, like journal.before-fsync@17; it is {asked}");
    }

    /// <summary>Called at each step of the storage; does not return when it is the one.</summary>
    public void Pass(string passed)
    {
        if (passed == step && Interlocked.Increment(ref _passed) == times)
        {
            using var self = Process.GetCurrentProcess();
            self.Kill(); // a signal to oneself has arrived when the call returns
        }
    }

    public override string ToString() => $"this process will kill itself at {step}, the {times}th time ({EnvironmentVariable})";
}
