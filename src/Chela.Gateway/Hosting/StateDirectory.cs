using Chela.Gateway.Storage;

namespace Chela.Gateway.Hosting;

/// <summary>Takes possession of the state directory.</summary>
internal static class StateDirectory
{
    /// <summary>Makes the directory (mode 0700) and locks it for this process.</summary>
    /// <exception cref="StartException">Another gateway holds it, or it cannot be written.</exception>
    public static InstanceLock Lock(StatePaths paths, TimeProvider time)
    {
        try
        {
            if (!InstanceLock.TryAcquire(paths.LockFile, time, out var held, out var holder))
            {
                throw new StartException(StartFailure.AlreadyRunning, AlreadyRunning(paths, holder));
            }

            PrivateFolder.Create(paths.InboxDirectory);
            PrivateFolder.Create(paths.SessionsDirectory);
            return held;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException(
                StartFailure.NotWritable,
                $"the state directory {paths.Root} cannot be written: {e.Message}; give another with --state-dir or CHELA_STATE_DIR",
                e);
        }
    }

    private static string AlreadyRunning(StatePaths paths, LockHolder? holder)
    {
        var who = holder is null ? "another process" : $"process {holder.Pid}{(holder.Url is null ? "" : $", which listens on {holder.Url}")}";
        return $"a gateway is already running with the state directory {paths.Root}: {who}; stop it, or give another directory with --state-dir";
    }
}
