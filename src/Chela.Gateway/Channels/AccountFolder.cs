namespace Chela.Gateway.Channels;

/// <summary>A folder of an account's own, in which its program or its plugin keeps what it needs. Nobody but its owner can look into it.</summary>
internal static class AccountFolder
{
    public static void Make(string path)
    {
        MakeOne(Path.GetDirectoryName(path)!); // folders above one that is made are open to all
        MakeOne(path);
    }

    private static void MakeOne(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
