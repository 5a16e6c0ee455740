using System.Globalization;

namespace Replication.Testing.Histories;

/// <summary>A history can't be read: a line is malformed, or an event can't follow those before it.</summary>
public sealed class HistoryFormatException : FormatException
{
    /// <summary>Initializes a new instance of the <see cref="HistoryFormatException"/> class.</summary>
    /// <param name="line">The line, from 1; in a history that was not read from text the count of events.</param>
    /// <param name="problem">What is wrong there.</param>
    /// <param name="innerException">What the JSON reader said, if it was the JSON.</param>
    public HistoryFormatException(long line, string problem, Exception? innerException = null)
        : base(string.Create(CultureInfo.InvariantCulture, $"Line {line}: {problem}"), innerException)
    {
        Line = line;
    }

    /// <summary>Gets the line, from 1.</summary>
    public long Line { get; }
}
