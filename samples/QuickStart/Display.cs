using System.Diagnostics;

namespace QuickStart;

/// <summary>Tells what happens: headings, and progress on one line of a terminal or as plain lines elsewhere.</summary>
internal sealed class Display(TextWriter output, bool isTerminal)
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);
    private readonly long _began = Stopwatch.GetTimestamp();
    private long _lastPlain;
    private int _drawn;

    /// <summary>Says what happens next, or what happened.</summary>
    public void Say(string text)
    {
        Clear();
        output.WriteLine($"[{Stopwatch.GetElapsedTime(_began).TotalSeconds,6:f1} s] {text}");
        output.Flush();
    }

    /// <summary>Shows how far something is.</summary>
    public void Progress(string text)
    {
        if (isTerminal)
        {
            string line = $"           {text}";
            output.Write("\r" + line.PadRight(_drawn));
            output.Flush();
            _drawn = line.Length;
        }
        else if (_lastPlain == 0 || Stopwatch.GetElapsedTime(_lastPlain) > PlainInterval)
        {
            _lastPlain = Stopwatch.GetTimestamp();
            Say(text);
        }
    }

    /// <summary>Writes lines as they are.</summary>
    public void Plain(string text)
    {
        Clear();
        output.WriteLine(text);
        output.Flush();
    }

    /// <summary>Shows progress several times a second until a task ends, then hands on how it ended.</summary>
    public async Task WatchAsync(Task task, Func<string> progress)
    {
        while (await Task.WhenAny(task, Task.Delay(isTerminal ? 250 : 1000)) != task)
        {
            Progress(progress());
        }

        await task;
    }

    private void Clear()
    {
        if (_drawn > 0)
        {
            output.Write("\r" + new string(' ', _drawn) + "\r");
            _drawn = 0;
        }
    }
}
