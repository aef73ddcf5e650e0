using System.Runtime.CompilerServices;
using Chela.Cli.Doctor;
using Chela.Gateway.Hosting;
using Chela.Gateway.Hosting.Doctor;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Hosting.Doctor;

/// <summary>What cannot be made for real on a machine of tests, and the page for operators.</summary>
[Trait("Requirement", "O5")]
public sealed class CheckupTests
{
    private const long MiB = 1024 * 1024;

    [Theory]
    [InlineData(2_000, "ok")]
    [InlineData(500, "warning")]
    [InlineData(50, "error")]
    public void A_full_disk_is_told(long mebibytes, string state) =>
        Assert.Equal(state, FileCheckup.SpaceOf(new DiskFacts(mebibytes * MiB, 0, 0, IsReadOnly: false), "/").State);

    [Fact]
    public void A_disk_that_is_read_only_is_told() =>
        Assert.Equal("error", FileCheckup.SpaceOf(new DiskFacts(long.MaxValue, 0, 0, IsReadOnly: true), "/").State);

    [Theory]
    [InlineData(0, 0, "ok")]
    [InlineData(1_000_000, 500_000, "ok")]
    [InlineData(1_000_000, 5_000, "warning")]
    [InlineData(1_000_000, 5, "error")]
    public void A_disk_without_room_for_files_is_told(long files, long free, string state) =>
        Assert.Equal(state, FileCheckup.FilesOf(new DiskFacts(0, files, free, IsReadOnly: false), "/").State);

    [Theory]
    [InlineData(65_536, "ok")]
    [InlineData(2_000, "warning")]
    [InlineData(1_024, "error")]
    public async Task A_low_limit_of_open_files_is_told(int most, string state)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("limits"), $"Limit  Soft Limit  Hard Limit  Units\nMax open files            {most}                 {most}                 files     \n", TestContext.Current.CancellationToken);

        Assert.Equal(state, Assert.Single(MachineCheckup.OpenFilesOf(folder.File("limits"), connections: 1_000)).State);
    }

    [Fact]
    public async Task A_clock_that_stands_before_the_program_was_made_is_told()
    {
        using var folder = new TempFolder();

        var findings = await new Checkup(new StatePaths(folder.Path), null, new Dictionary<string, string>(), new ManualTimeProvider()).RunAsync(isDeep: false, TestContext.Current.CancellationToken);

        Assert.Equal("error", findings.Single(finding => finding.Id == "clock.plausible").State);
    }

    [Fact]
    public void The_disk_of_this_machine_has_its_figures()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux is asked.");

#pragma warning disable CA1416 // Skipped elsewhere above.
        var disk = LinuxFacts.DiskOf("/tmp");

        Assert.InRange(disk!.FreeBytes, 1, new DriveInfo("/tmp").TotalSize);
        Assert.Equal(LinuxFacts.User, LinuxFacts.OwnerOf($"/proc/{Environment.ProcessId}"));
        Assert.Null(LinuxFacts.OwnerOf("/nowhere"));
#pragma warning restore CA1416
    }

    [Fact]
    public void The_page_lists_every_check() => Assert.Equal(
        DoctorCommand.Checks.Select(check => $"| `{check.Id}` | {check.Looks} | {check.Mends ?? "—"} |"),
        File.ReadLines(PagePath()).Where(line => line.StartsWith("| `", StringComparison.Ordinal)));

    private static string PagePath([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "docs", "operations", "doctor.md");
}
