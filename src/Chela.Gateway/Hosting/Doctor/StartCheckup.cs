using System.Text.Json;
using Chela.Gateway.Hosting.Starting;

namespace Chela.Gateway.Hosting.Doctor;

/// <summary>How the last starts went.</summary>
internal static class StartCheckup
{
    private static readonly DoctorCheck Lasted = new("starts.lasted", "whether the gateway ended again and again soon after its start, so that the next one is in safe mode");

    public static IReadOnlyList<DoctorCheck> Checks => [Lasted];

    public static async Task<IReadOnlyList<DoctorFinding>> RunAsync(Patient patient, CancellationToken ct)
    {
        try
        {
            var starts = await StartRecord.ReadAsync(StartRecord.FileOf(patient.Paths), patient.Time.GetUtcNow(), ct);
            return [Of(starts.Count - (patient.Running is null ? 0 : 1))]; // one that runs may still become stable
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            return [Lasted.Note($"the record of starts {patient.Paths.StartsFile} cannot be read; the next start begins it anew: {e.Message}", "chela gateway run")];
        }
    }

    private static DoctorFinding Of(int failed) => failed >= StartRecord.TooMany
        ? Lasted.Error(
            $"the gateway ended {failed} times within {StartRecord.Window.TotalMinutes} minutes, soon after its start: the next one is in safe mode, without channels, deliveries and MCP servers",
            "chela logs; mend what is wrong, then chela gateway restart")
        : Lasted.Ok(failed <= 0 ? "the last start lasted" : $"of the last starts {failed} did not last; {StartRecord.TooMany} within {StartRecord.Window.TotalMinutes} minutes lead to safe mode");
}
