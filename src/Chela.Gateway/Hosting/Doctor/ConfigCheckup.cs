using Chela.Gateway.Hosting.Desk;

namespace Chela.Gateway.Hosting.Doctor;

/// <summary>The configuration file.</summary>
internal static class ConfigCheckup
{
    private static readonly DoctorCheck File = new("config.file", "whether the configuration file is there and can be read");
    private static readonly DoctorCheck Valid = new("config.valid", "whether a gateway would start with it; with line and column", "puts back what a gateway last started with; the file as it was becomes the latest backup");
    private static readonly DoctorCheck Form = new("config.form", "whether it has the present form", "brings it into the present form; the file as it was becomes the latest backup");
    private static readonly DoctorCheck LastGood = new("config.last-good", "whether there is a former content to go back to");

    public static IReadOnlyList<DoctorCheck> Checks => [File, Valid, Form, LastGood];

    public static async Task<IReadOnlyList<DoctorFinding>> RunAsync(Patient patient, CancellationToken ct)
    {
        if (patient.Desk is not { } desk)
        {
            return [File.Error(patient.Setup.Invalid ?? "the variables cannot be read", $"mend {patient.Paths.VariablesFile}")];
        }

        byte[]? text;
        try
        {
            text = await desk.ReadAsync(ct);
        }
        catch (ConfigRefusedException unreadable)
        {
            return [File.Error(unreadable.Message, $"chmod 600 {desk.Path}")];
        }

        var faults = await desk.CheckAsync(text, ct);
        return
        [
            text is null ? File.Note($"there is no {desk.Path}: the defaults hold", "chela config edit") : File.Ok($"{desk.Path} is there"),
            faults.Count == 0 ? Valid.Ok("a gateway starts with the configuration") : await FaultyAsync(desk, faults, ct),
            .. text is null || faults.Count > 0 ? Array.Empty<DoctorFinding>() : await SoundAsync(desk, ct),
        ];
    }

    private static async Task<DoctorFinding> FaultyAsync(ConfigDesk desk, IReadOnlyList<ConfigFault> faults, CancellationToken ct)
    {
        var message = $"no gateway starts with {desk.Path}: {string.Join("; ", faults)}";
        return await HasGoodAsync(desk, ct)
            ? Valid.Error(message, $"chela config rollback {ConfigBackups.LastGood}") with { Mend = mending => RollBackAsync(desk, mending) }
            : Valid.Error(message, "chela config edit");
    }

    private static async Task<IEnumerable<DoctorFinding>> SoundAsync(ConfigDesk desk, CancellationToken ct)
    {
        var (notes, _) = await desk.MigrateAsync(dryRun: true, ct);
        return
        [
            notes.Count == 0
                ? Form.Ok("it has the present form")
                : Form.Warning($"it has an old form, which each start reads anew: {string.Join("; ", notes)}", "chela config migrate") with { Mend = mending => MigrateAsync(desk, mending) },
            Kept(desk) is { } kept
                ? LastGood.Ok($"{kept.Path} is from {kept.WrittenAt:u}")
                : LastGood.Note("no gateway has started with this configuration yet, so there is no content to go back to", "chela gateway run"),
        ];
    }

    private static ConfigBackup? Kept(ConfigDesk desk) => desk.Backups.All.FirstOrDefault(backup => backup.Name == ConfigBackups.LastGood);

    private static async Task<bool> HasGoodAsync(ConfigDesk desk, CancellationToken ct) =>
        Kept(desk) is not null && (await desk.CheckAsync(await desk.Backups.ReadAsync(ConfigBackups.LastGood, ct), ct)).Count == 0;

    private static async Task<string> RollBackAsync(ConfigDesk desk, CancellationToken ct)
    {
        await desk.RollBackAsync(ConfigBackups.LastGood, ct);
        return $"{desk.Path} is what a gateway last started with; what it was is {desk.Path}.bak.1";
    }

    private static async Task<string> MigrateAsync(ConfigDesk desk, CancellationToken ct)
    {
        await desk.MigrateAsync(dryRun: false, ct);
        return $"{desk.Path} has the present form; what it was is {desk.Path}.bak.1";
    }
}
