namespace Replication.Errors;

/// <summary>Base of all errors that this library raises for other reasons than a caller's mistake.</summary>
public class ReplicationException : Exception
{
    /// <summary>Creates an error.</summary>
    /// <param name="message">What failed, with which values, and what to do.</param>
    /// <param name="innerException">What caused it.</param>
    public ReplicationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Gets whether the same call may be made again, here or at another node, without doing anything
    /// twice.</summary>
    public virtual bool IsSafeToRetry => false;
}

/// <summary>A disk failed: this node stops for good. Nothing that depends on the failed operation was
/// acknowledged.</summary>
/// <remarks>A failed flush is never retried: the page cache may lie after it.</remarks>
public sealed class StorageFailedException : ReplicationException
{
    /// <inheritdoc cref="ReplicationException(string, Exception)"/>
    public StorageFailedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>A file holds something else than what was written durably: the node refuses to start or to go on.</summary>
public sealed class StorageCorruptedException : ReplicationException
{
    /// <summary>The last sentence of a report of damage: no member can be replaced, nor start on a copy.</summary>
    internal const string WhatToDo = "Keep the directory: older or other files would forget what this node promised.";

    /// <summary>Creates an error.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">Where in the file, in bytes.</param>
    /// <param name="message">What is wrong there and what to do.</param>
    public StorageCorruptedException(string file, long offset, string message)
        : base($"{file}, offset {offset}: {message}")
    {
        File = file;
        Offset = offset;
    }

    /// <summary>Gets the file.</summary>
    public string File { get; }

    /// <summary>Gets the place in the file, in bytes.</summary>
    public long Offset { get; }
}

/// <summary>A data directory can't be used as asked: not initialized, in use, or of another node or cluster. Nothing
/// was changed.</summary>
public sealed class DataDirectoryException : ReplicationException
{
    /// <inheritdoc cref="ReplicationException(string, Exception)"/>
    public DataDirectoryException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
