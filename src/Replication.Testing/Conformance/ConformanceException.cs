namespace Replication.Testing.Conformance;

/// <summary>An implementation does not do what its seam promises.</summary>
public sealed class ConformanceException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="ConformanceException"/> class.</summary>
    /// <param name="message">What was expected, and what was there.</param>
    /// <param name="innerException">The error that the implementation threw; null if it threw none.</param>
    public ConformanceException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
