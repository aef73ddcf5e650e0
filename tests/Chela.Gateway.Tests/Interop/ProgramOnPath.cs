namespace Chela.Gateway.Tests.Interop;

/// <summary>A program of this machine that a test needs.</summary>
internal static class ProgramOnPath
{
    /// <summary>The program's file; a test that asks for one that is absent is skipped, and says what is missing.</summary>
    public static string Require(string name)
    {
        var found = Find(name);
        Assert.SkipWhen(found is null, $"This test needs the program '{name}', which is not on the PATH.");
        return found!;
    }

    private static string? Find(string name) => (
        from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        from extension in OperatingSystem.IsWindows() ? [".exe", ".cmd"] : new[] { "" }
        let file = Path.Combine(folder, name + extension)
        where File.Exists(file)
        select file).FirstOrDefault();
}
