using Replication.Testing.Disks;

namespace Replication.CrashImages.Subjects;

/// <summary>Something that keeps data on a disk and must survive a crash at any moment.</summary>
internal interface ISubject
{
    /// <summary>Gets the name by which the command line knows it.</summary>
    string Name { get; }

    /// <summary>Gets the operations of which programs are made, a letter each.</summary>
    string Operations { get; }

    /// <summary>Gets what may be on the disk when a program starts: programs themselves, empty for nothing.</summary>
    IReadOnlyList<string> Starts { get; }

    /// <summary>Gets what is appended after a recovery to see that the subject still works.</summary>
    string Sequel { get; }

    /// <summary>Opens it, recovering what the disk holds.</summary>
    IOpenSubject Open(SimulatedDisk disk);
}

/// <summary>An open subject.</summary>
internal interface IOpenSubject : IDisposable
{
    /// <summary>Gets what it held when it was opened, in order.</summary>
    IReadOnlyList<string> Content { get; }

    /// <summary>Gets what a crash at this moment must leave and may leave.</summary>
    Expectation Expectation { get; }

    /// <summary>Does one operation.</summary>
    void Do(char operation);
}

/// <summary>What must and may be there after a crash.</summary>
internal abstract record Expectation
{
    /// <summary>Judges a recovered content.</summary>
    /// <param name="content">What was there.</param>
    /// <param name="next">
    /// The expectation after the operation in whose midst the crash came; the same one if it came between two.
    /// </param>
    /// <returns>Null if all is well.</returns>
    public abstract Violation? Judge(IReadOnlyList<string> content, Expectation next);

    /// <summary>Gets a text that is equal if this expectation and the next judge all contents equally.</summary>
    public abstract string KeyWith(Expectation next);
}

internal enum ViolationKind
{
    /// <summary>Something acknowledged is missing.</summary>
    Lost,

    /// <summary>Something is there that was never appended, or in another order.</summary>
    Invented,

    /// <summary>Recovery refused an image that a power loss can leave.</summary>
    Refused,

    /// <summary>A crash within a recovery broke one of these rules, which the image before it kept.</summary>
    NotIdempotent,

    /// <summary>After a recovery something appended and acknowledged was lost.</summary>
    LostAfterRecovery,
}

internal sealed record Violation(ViolationKind Kind, string Details);
