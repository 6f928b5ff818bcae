package olympus.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.FilterReply;
import ch.qos.logback.core.util.FileSize;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import olympus.server.config.ServerConfiguration;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Olympus' own log: {@code D/logs/olympus.log}, bounded in size and number of files, and short
 * lines on standard error, without stack traces. Set up by hand, so that no file on the class path
 * changes it.
 */
final class ServerLog implements AutoCloseable {

    /** On what the person at the terminal is told in other words: it stands in the file only. */
    static final Marker TOLD = MarkerFactory.getMarker("told");

    private static final String FILE_LINE =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger - %msg %kvp%n%ex{full}";
    private static final String SHORT_LINE = "%d{HH:mm:ss} %-5level %msg %kvp%n%ex{0}";

    private final LoggerContext context;

    private ServerLog(LoggerContext context) {
        this.context = context;
    }

    static ServerLog start(Path folder, ServerConfiguration.Logging settings) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        context.getLogger("olympus").setLevel(Level.toLevel(settings.level()));
        root.addAppender(file(context, folder, settings));
        root.addAppender(console(context));
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        return new ServerLog(context);
    }

    private static RollingFileAppender<ILoggingEvent> file(
            LoggerContext context, Path folder, ServerConfiguration.Logging settings) {
        var appender = new RollingFileAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setFile(folder.resolve("olympus.log").toString());
        var rolling = new FixedWindowRollingPolicy();
        rolling.setContext(context);
        rolling.setParent(appender);
        rolling.setFileNamePattern(folder.resolve("olympus.%i.log").toString());
        rolling.setMinIndex(1);
        rolling.setMaxIndex(settings.files());
        rolling.start();
        var trigger = new SizeBasedTriggeringPolicy<ILoggingEvent>();
        trigger.setContext(context);
        trigger.setMaxFileSize(new FileSize(settings.fileBytes()));
        trigger.start();
        appender.setRollingPolicy(rolling);
        appender.setTriggeringPolicy(trigger);
        appender.setEncoder(encoder(context, FILE_LINE));
        appender.start();
        return appender;
    }

    private static ConsoleAppender<ILoggingEvent> console(LoggerContext context) {
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setTarget("System.err");
        var threshold = new ThresholdFilter();
        threshold.setLevel("INFO");
        threshold.start();
        appender.addFilter(threshold);
        appender.addFilter(new NotTold());
        appender.setEncoder(encoder(context, SHORT_LINE));
        appender.start();
        return appender;
    }

    private static PatternLayoutEncoder encoder(LoggerContext context, String pattern) {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setPattern(pattern);
        encoder.start();
        return encoder;
    }

    /** Keeps what is marked as told from the terminal. */
    private static final class NotTold extends Filter<ILoggingEvent> {

        @Override
        public FilterReply decide(ILoggingEvent event) {
            var markers = event.getMarkerList();
            return markers != null && markers.contains(TOLD)
                    ? FilterReply.DENY
                    : FilterReply.NEUTRAL;
        }
    }

    @Override
    public void close() {
        context.stop();
    }
}
