namespace Replication.Testing.Files;

/// <summary>What is asked of a file system that can fail.</summary>
public enum FileOperation
{
    /// <summary>Opening or creating a file.</summary>
    Open,

    /// <summary>Reading.</summary>
    Read,

    /// <summary>Writing.</summary>
    Write,

    /// <summary>Syncing a file.</summary>
    Sync,

    /// <summary>Setting a file's length.</summary>
    SetLength,

    /// <summary>Renaming a file.</summary>
    Rename,

    /// <summary>Deleting a file.</summary>
    Delete,

    /// <summary>Creating a directory.</summary>
    CreateDirectory,

    /// <summary>Syncing a directory.</summary>
    SyncDirectory,
}

/// <summary>How a disk fails.</summary>
public enum DiskError
{
    /// <summary>An input/output error (EIO). Nothing of the call took place.</summary>
    InputOutput,

    /// <summary>No space left (ENOSPC). Half of a write took place.</summary>
    NoSpace,
}

/// <summary>A call that was made.</summary>
/// <param name="Operation">What was asked.</param>
/// <param name="Path">Of which file or directory.</param>
public readonly record struct FileCall(FileOperation Operation, string Path);

/// <summary>One fault to inject.</summary>
public sealed class FileFault
{
    internal FileFault(Func<FileCall, bool> matches, int nth, DiskError error)
    {
        Matches = matches;
        Nth = nth;
        Error = error;
    }

    /// <summary>Gets how the call fails.</summary>
    public DiskError Error { get; }

    /// <summary>
    /// Gets the call that was failed; null as long as none was. A test that injects a fault checks that it was hit.
    /// </summary>
    public FileCall? Hit { get; private set; }

    internal Func<FileCall, bool> Matches { get; }

    internal int Nth { get; }

    internal int Seen { get; private set; }

    internal bool Strikes(FileCall call)
    {
        if (Hit is not null || !Matches(call) || Seen++ != Nth)
        {
            return false;
        }

        Hit = call;
        return true;
    }
}
