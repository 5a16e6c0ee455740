namespace KvNode;

/// <summary>What the process says to whoever started it.</summary>
internal enum ExitCode
{
    /// <summary>Stopped because it was asked to; everything acknowledged is on disk.</summary>
    Stopped = 0,

    /// <summary>An error that none of the other codes names.</summary>
    Unexpected = 1,

    /// <summary>A command, an option or a setting is missing, unknown or out of bounds.</summary>
    BadSetting = 2,

    /// <summary>The data directory is not initialized, in use, or of another node or cluster.</summary>
    BadDirectory = 3,

    /// <summary>A certificate, key or authority file can't be read or doesn't fit.</summary>
    BadCertificate = 4,

    /// <summary>The listen address can't be bound, for example because the port is taken.</summary>
    BadAddress = 5,

    /// <summary>A file in the data directory holds something else than what was written durably.</summary>
    Corrupted = 6,

    /// <summary>A disk error stopped the node.</summary>
    StorageFailed = 7,

    /// <summary>Asked to stop, but not done within the time that a stop may take.</summary>
    StopTimedOut = 8,
}
